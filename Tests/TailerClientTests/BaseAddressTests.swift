import TailerClient
import Testing

@Suite struct BaseAddressTests {
  @Test(arguments: [
    ("https://tailer-api-nqonovswsq-ew.a.run.app", "https://tailer-api-nqonovswsq-ew.a.run.app"),
    ("HTTPS://Host.Example:443/", "https://host.example"), ("https://h:8443/a/b//", "https://h:8443/a/b"),
    ("http://localhost:8080", "http://localhost:8080"), ("http://127.0.0.1", "http://127.0.0.1"),
    ("http://127.9.9.9:1/x", "http://127.9.9.9:1/x"), ("http://[::1]:80", "http://[::1]"),
    ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
  ])
  func reads(_ text: String, _ printed: String) throws {
    #expect(try BaseAddress(text).description == printed)
  }

  @Test(arguments: [
    ("", BaseAddress.Problem.notAnAddress), ("https://a b", .notAnAddress), ("https://a\nb", .notAnAddress),
    ("host", .schemeMissing), ("://host", .schemeMissing), ("ftp://host", .unsupportedScheme("ftp")),
    ("https://", .hostMissing), ("https:///path", .hostMissing), ("https://:80", .hostMissing),
    ("https://user:secret@host", .userInformation), ("https://host@evil", .userInformation),
    ("https://host?x", .queryOrFragment), ("https://host/#x", .queryOrFragment),
    ("https://host:0", .badPort("0")), ("https://host:99999", .badPort("99999")), ("https://host:", .badPort("")),
    ("https://host:8x", .badPort("8x")), ("https://[::1", .badHost("[::1")), ("https://[::1]x", .badHost("[::1]x")),
    ("https://a%20b", .badHost("a%20b")), ("https://host/../x", .notAnAddress), ("https://host\\x", .notAnAddress),
    ("http://example.com", .plainHTTP(host: "example.com")), ("http://10.0.0.1", .plainHTTP(host: "10.0.0.1")),
    ("http://localhost.evil.com", .plainHTTP(host: "localhost.evil.com")),
    ("http://127.0.0.1.evil.com", .plainHTTP(host: "127.0.0.1.evil.com")),
    ("http://127.1", .plainHTTP(host: "127.1")), ("http://127.0.0.256", .plainHTTP(host: "127.0.0.256")),
    ("http://0x7f.0.0.1", .plainHTTP(host: "0x7f.0.0.1")), ("http://[::2]", .plainHTTP(host: "::2")),
  ])
  func refuses(_ text: String, _ problem: BaseAddress.Problem) {
    #expect(throws: problem) { try BaseAddress(text) }
    #expect(!problem.description.contains("secret"))
  }
}
