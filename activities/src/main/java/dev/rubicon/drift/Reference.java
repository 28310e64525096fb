package dev.rubicon.drift;

import dev.rubicon.catalog.CatalogSnapshot;
import java.util.Optional;
import java.util.function.Supplier;

/** What a target is compared with. */
public sealed interface Reference {

  /** In outputs. */
  String word();

  /**
   * What the runbook's canonical SQL builds.
   *
   * @param last what the last rollout led to, which is canonical where nothing builds it
   */
  record Canonical(Supplier<Optional<CatalogSnapshot>> last) implements Reference {
    @Override
    public String word() {
      return "canonical";
    }
  }

  /**
   * A snapshot that was kept.
   *
   * @param name file or fingerprint
   */
  record Kept(String name, CatalogSnapshot snapshot) implements Reference {
    @Override
    public String word() {
      return name;
    }
  }

  /**
   * The SHA-256 of a snapshot.
   *
   * @param snapshot itself, where somebody still has it: looked for where the target has another;
   *     without it a difference has no name
   */
  record Fingerprint(String sha256, Supplier<Optional<CatalogSnapshot>> snapshot)
      implements Reference {
    @Override
    public String word() {
      return sha256;
    }
  }
}
