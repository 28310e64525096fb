package dev.rubicon.http;

import dev.rubicon.client.Json;
import dev.rubicon.error.RubiconException;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/** Turns coded errors into answers. */
@Singleton
final class ProblemHandler implements ExceptionHandler<RubiconException, HttpResponse<String>> {
  @Override
  @SuppressWarnings("rawtypes")
  public HttpResponse<String> handle(HttpRequest request, RubiconException e) {
    return answer(e);
  }

  static HttpResponse<String> answer(RubiconException e) {
    return HttpResponse.<String>status(Problem.status(e.code()))
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .body(Json.line(Problem.of(e)));
  }
}
