import TailerAPI

extension ServiceError.Kind {
  /// What a reply's code says about the request, as *Safe launch* of the design tells them apart; `nil` for success.
  init?(code: Int) {
    switch code {
    case 200..<300: return nil
    case 401, 403: self = .refused
    case 429: self = .throttled
    case 408: self = .unknown
    case 400..<500: self = .rejected
    default: self = .unknown
    }
  }
}
