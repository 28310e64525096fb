package dev.rubicon.http;

import dev.rubicon.client.Principal;
import dev.rubicon.config.RubiconConfig;
import dev.rubicon.config.RubiconConfig.Role;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who calls, and what that person may do. Deciding needs a principal, and only this gives one. */
final class Caller {
  private final Principal principal;
  private final Map<String, List<RubiconConfig.Grant>> roles;

  Caller(Principal principal, RubiconConfig.Http http) {
    this.principal = principal;
    this.roles = http.roles();
  }

  String name() {
    return principal.name();
  }

  /** The principal, if it may do that on the target. */
  Principal as(Role role, String target) {
    boolean may =
        roles.isEmpty()
            || roles.getOrDefault(principal.name(), List.of()).stream()
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
