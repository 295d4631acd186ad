import RunbookTerminal
import VisibleText

/// The prompt: where changes go, and whether care is due.
struct PromptLine {
  var account: String?
  var environment: String?
  var isProtected = false
  /// On the built-in service.
  var isRehearsal = false
  var isReadOnly = false

  /// `000099/DEV> `, `000099/PROD PROTECTED!> `.
  func text(_ appearance: Appearance) -> ScreenText {
    var parts: [ScreenText] = []
    let place = [account, environment].compactMap { $0 }.joined(separator: "/")
    if isProtected {
      let marked: ScreenText = "\(place) PROTECTED!"
      parts.append(appearance.hasColour ? appearance.paint(" \(marked) ", .redBackground) : marked)
    } else {
      parts.append(appearance.paint(place.isEmpty ? "runbook" : "\(place)", .bold))
    }
    if isRehearsal { parts.append(appearance.paint("rehearsal", .dim)) }
    if isReadOnly { parts.append(appearance.paint("read-only", .dim)) }
    return parts.joined(separator: " ") + "> "
  }

  /// For a statement's further lines, as wide as the first.
  func continuation(_ appearance: Appearance) -> ScreenText {
    let plain = text(Appearance(hasColour: false, isLive: appearance.isLive, width: appearance.width))
    let width = plain.text.count + (isProtected && appearance.hasColour ? 2 : 0)
    return "\(String(repeating: " ", count: max(0, width - 5)))...> "
  }
}
