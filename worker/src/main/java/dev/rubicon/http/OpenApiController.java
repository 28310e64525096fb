package dev.rubicon.http;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The OpenAPI document, made from the controllers when they were compiled. */
@Hidden
@Controller("/openapi")
class OpenApiController {
  private static final String DOCUMENT = "/META-INF/swagger/rubicon-1.yml";

  @Get
  @Produces("application/yaml")
  String document() {
    try (var in = OpenApiController.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new RubiconException(
            ErrorCode.INTERNAL, "the OpenAPI document was not built in", "build with Maven");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
