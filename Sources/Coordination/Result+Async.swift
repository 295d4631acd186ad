extension Result where Success: Sendable {
  /// What an asynchronous body gives or throws, as a value that can cross tasks.
  public init(of body: () async throws(Failure) -> Success) async {
    do throws(Failure) {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
