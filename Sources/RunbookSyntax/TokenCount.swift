package import RunbookDiagnostics

/// How many tokens a source has: reading them and nothing more, to measure what that costs.
package func tokenCount(of source: SourceText) -> Int { Lexer.tokens(of: source).tokens.count }
