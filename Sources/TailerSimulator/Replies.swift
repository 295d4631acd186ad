import CivilTime
import TailerAPI

extension HTTPReply {
  static func json(_ status: Int, _ body: JSONValue) -> HTTPReply {
    HTTPReply(status: status, headers: ["content-type": "application/json"], body: body.bytes)
  }

  static func html(_ status: Int, _ title: String) -> HTTPReply {
    let page = "<html><head><title>\(status) \(title)</title></head><body><h1>\(title)</h1></body></html>\n"
    return HTTPReply(status: status, headers: ["content-type": "text/html; charset=UTF-8"], body: Array(page.utf8))
  }

  static func refusal(_ refusal: Refusal) -> HTTPReply {
    json(refusal.code, .object(["code": .number(Double(refusal.code)), "message": .text(refusal.message)]))
  }

  /// The reply of a front end, or of a service, that failed.
  static func failure(_ code: Int, retryAfter: TimeSpan?) -> HTTPReply {
    let messages = [
      400: "Bad Request", 401: "Jwt is expired", 403: "Forbidden", 404: "Not Found", 408: "Request Timeout",
      429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
      504: "Gateway Timeout",
    ]
    let message = messages[code] ?? "Error"
    var reply = (502...504).contains(code) ? html(code, message) : refusal(Refusal(code, message))
    if let retryAfter { reply.headers["retry-after"] = String(max(0, (retryAfter.microseconds + 999_999) / 1_000_000)) }
    return reply
  }
}
