package dev.rubicon.http;

import io.micronaut.context.annotation.Factory;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.security.SecurityScheme;

/** What the generated OpenAPI document says of the whole. */
@Factory
@OpenAPIDefinition(
    info =
        @Info(
            title = "rubicon",
            version = "1",
            description = "Rollouts of PostgreSQL changes: launched, decided on, looked at."),
    security = @SecurityRequirement(name = "token"))
@SecurityScheme(name = "token", type = SecuritySchemeType.HTTP, scheme = "bearer")
final class ApiDescription {}
