/// The language's words, for completion and help.
public enum Vocabulary {
  /// Every word that means something to the language somewhere.
  public static let words = Word.allCases.map(\.rawValue)
}
