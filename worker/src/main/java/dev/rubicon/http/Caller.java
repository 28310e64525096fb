package dev.rubicon.http;

import dev.rubicon.client.Principal;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.config.RubiconConfig.Role;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.issuer.KnownPerson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who calls, and what that person may do. Deciding needs a principal, and only this gives one. */
final class Caller {
  private final Principal principal;
  private final Optional<List<RubiconConfig.Grant>> roles;

  private Caller(Principal principal, Optional<List<RubiconConfig.Grant>> roles) {
    this.principal = principal;
    this.roles = roles;
  }

  /** One with a token of {@code http.tokens}, or without any. */
  static Caller of(Principal principal, RubiconConfig.Http http) {
    return new Caller(
        principal,
        http.roles().isEmpty()
            ? Optional.empty()
            : Optional.of(http.roles().getOrDefault(principal.name(), List.of())));
  }

  /** Whom an issuer knows: it knows many, so without a role one may not even look. */
  static Caller of(KnownPerson person, RubiconConfig.Http http) {
    List<RubiconConfig.Grant> roles = new ArrayList<>(person.grants());
    roles.addAll(http.roles().getOrDefault(person.name(), List.of()));
    if (roles.isEmpty()) {
      throw new RubiconException(
          ErrorCode.FORBIDDEN,
          person.name() + " has no role here",
          "ask whoever keeps the worker's rubicon.yaml (http.roles, grants of http.issuers), or"
              + " the issuer");
    }
    return new Caller(new Principal(person.name(), person.knownBy()), Optional.of(roles));
  }

  String name() {
    return principal.name();
  }

  /** The principal, if it may do that on the target. */
  Principal as(Role role, String target) {
    boolean may =
        roles.isEmpty()
            || roles.get().stream()
                .filter(grant -> grant.role() == role)
                .anyMatch(grant -> grant.target().map(target::equals).orElse(true));
    if (!may) {
      String word = role.name().toLowerCase(Locale.ROOT);
      throw new RubiconException(
          ErrorCode.FORBIDDEN,
          principal.name() + " is no " + word + " of " + target,
          "ask one of them, or whoever keeps the worker's rubicon.yaml to add it to http.roles");
    }
    return principal;
  }
}
