package dev.rubicon.demo.checks;

import java.util.UUID;

/** Who calls: a user with a session, or someone anonymous with a token. */
sealed interface Caller {
  record User(UUID id, String email, String plan) implements Caller {}

  record Anonymous(String token) implements Caller {}
}
