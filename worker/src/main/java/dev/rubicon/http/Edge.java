package dev.rubicon.http;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;

/** What is refused before anybody looks at who calls. */
final class Edge {
  /** Of a JSON body: a reason is 2,048 bytes, and 100 relations may be named. */
  static final int JSON_BYTES = 64 << 10;

  private Edge() {}

  static void require(HttpRequest<?> request) {
    if (request.getUri().toString().contains("%00")) {
      throw usage("the path or query holds a NUL byte");
    }
    foreign(request);
    if (request.getMethod() != HttpMethod.GET) {
      boolean json =
          request.getContentType().filter(MediaType.APPLICATION_JSON_TYPE::matches).isPresent();
      if (request.getContentType().isEmpty()) {
        throw usage("the request does not say what its body is");
      }
      if (json && request.getContentLength() > JSON_BYTES) {
        throw tooLarge();
      }
    }
  }

  /** A body may come without its length. */
  static void requireSmall(String body) {
    if (body.length() > JSON_BYTES) {
      throw tooLarge();
    }
  }

  /** A web page of elsewhere, in the browser of somebody who may call. */
  private static void foreign(HttpRequest<?> request) {
    String origin = request.getHeaders().get(HttpHeaders.ORIGIN);
    String host = request.getHeaders().get(HttpHeaders.HOST);
    if (origin != null && !origin.replaceFirst("^https?://", "").equals(host)) {
      throw new RubiconException(
          ErrorCode.FORBIDDEN,
          "a web page of another origin sent this",
          "call it from a program, without an Origin header");
    }
  }

  private static RubiconException usage(String cause) {
    return new RubiconException(
        ErrorCode.USAGE, cause, "POST takes Content-Type: application/json; see /openapi");
  }

  private static RubiconException tooLarge() {
    return new RubiconException(
        ErrorCode.TOO_LARGE,
        "the body has more than " + (JSON_BYTES >> 10) + " KiB",
        "a reason has 2,048 bytes at most; the calls are described in /openapi");
  }
}
