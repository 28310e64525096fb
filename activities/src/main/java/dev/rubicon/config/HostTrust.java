package dev.rubicon.config;

/** {@code identity}: whether a person whom nobody checked can be the second one of an approval. */
enum HostTrust {
  /** Only who has a token. */
  VERIFIED,
  /** Also whom a user of the worker's machine says to be. */
  TRUSTED_HOST
}
