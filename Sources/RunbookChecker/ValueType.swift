public import TailerAPI

/// What the checker knows of a value.
public enum ValueType: Hashable, Sendable {
  case text, number, boolean, date, timestamp, duration, status
  /// A data operation; its type where the text says it.
  case operation(ConfigurationType?)
  case run
  case error
  indirect case list(ValueType)
  case none
  /// This or `none`, until a comparison narrows it.
  indirect case optional(ValueType)
  /// Known only when running: an element of an empty list, a value after an error that was reported.
  case unknown
}
