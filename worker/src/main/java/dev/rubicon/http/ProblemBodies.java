package dev.rubicon.http;

import dev.rubicon.error.ErrorCode;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.JsonErrorResponseBodyProvider;
import jakarta.inject.Singleton;

/** What the server itself refuses (unknown path, wrong method, too long) has the same shape. */
@Singleton
final class ProblemBodies implements JsonErrorResponseBodyProvider<Problem> {
  @Override
  public Problem body(ErrorContext context, HttpResponse<?> response) {
    // The server's own messages may quote the request; the status says enough.
    int status = response.code();
    return status < 500
        ? new Problem(
            ErrorCode.USAGE.name(), response.reason(), "the calls are described in /openapi")
        : new Problem(ErrorCode.INTERNAL.name(), response.reason(), "see the worker's log");
  }
}
