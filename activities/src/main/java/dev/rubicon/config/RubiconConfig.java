package dev.rubicon.config;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.postgres.Secret;
import dev.rubicon.postgres.Target;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code rubicon.yaml} with its secrets resolved; lives on workers and beside the CLI, never
 * serialised.
 *
 * @param targets by name
 * @param staging server on which scratch, golden and clone databases are created
 * @param ledger the control database
 * @param heartbeatTimeout after which a silent worker's activity is given to another
 * @param pgBin folder of pg_dump and pg_restore; empty: looked up on the PATH and where the
 *     distributions put them
 * @param snapshotLimit how long a backup may hold a snapshot open on a target, whose vacuum it
 *     keeps back
 * @param worker how much one worker does at a time
 * @param commands whether runbooks and command lines may run programs on this machine
 * @param signing who signs decisions, and whose signatures are believed
 * @param ceremony what a rollout needs, by what is at stake
 */
public record RubiconConfig(
    Map<String, Target> targets,
    Target staging,
    Target ledger,
    ObjectStore objectStore,
    Temporal temporal,
    Http http,
    Notifications notifications,
    Duration heartbeatTimeout,
    Optional<Path> pgBin,
    Duration snapshotLimit,
    Worker worker,
    Commands commands,
    Signing signing,
    CeremonyPolicy ceremony) {

  public RubiconConfig {
    targets = Map.copyOf(targets);
  }

  /** With the usual limit for snapshots, and as many slots as there are targets. */
  public RubiconConfig(
      Map<String, Target> targets,
      Target staging,
      Target ledger,
      ObjectStore objectStore,
      Temporal temporal,
      Http http,
      Notifications notifications,
      Duration heartbeatTimeout,
      Optional<Path> pgBin) {
    this(
        targets,
        staging,
        ledger,
        objectStore,
        temporal,
        http,
        notifications,
        heartbeatTimeout,
        pgBin,
        Duration.ofHours(24),
        Worker.forTargets(targets.size()),
        Commands.REFUSE,
        Signing.NONE,
        CeremonyPolicy.DEFAULT);
  }

  /** The target of that name. */
  public Target target(String name) {
    Target target = targets.get(name);
    if (target == null) {
      throw new RubiconException(
          ErrorCode.TARGET_UNKNOWN,
          "rubicon.yaml has no target '"
              + name
              + "' (it has: "
              + String.join(", ", targets.keySet().stream().sorted().toList())
              + ")",
          "add it under targets: in rubicon.yaml, or name one that is there");
    }
    return target;
  }

  /**
   * @param endpoint empty: AWS
   * @param partLimit parts that one multipart upload may have; some stores allow only 1,000
   * @param accessKey empty: the SDK's default credentials chain
   */
  public record ObjectStore(
      Optional<URI> endpoint,
      String region,
      String bucket,
      String prefix,
      Optional<String> accessKey,
      Optional<Secret> secretKey,
      boolean pathStyle,
      int partLimit) {}

  /**
   * @param address {@code host:port}
   * @param apiKey Temporal Cloud; implies TLS
   * @param uiUrl where auditors look, for links in outputs
   * @param payloadKey {@code id:base64 of 32 bytes}; when given, everything that Temporal keeps is
   *     encrypted with AES-GCM, failures included
   */
  public record Temporal(
      String address,
      String namespace,
      boolean tls,
      Optional<Path> clientCertificate,
      Optional<Path> clientKey,
      Optional<Secret> apiKey,
      Optional<String> uiUrl,
      Optional<Secret> payloadKey) {}

  /**
   * @param tokens a principal's name to its token, or to {@code sha256:} and the token's SHA-256
   * @param roles a principal's name to what it may do; empty: everybody who has a token may do
   *     everything
   * @param issuers whose JWTs say who calls
   */
  public record Http(
      String host,
      int port,
      Map<String, Secret> tokens,
      Map<String, List<Grant>> roles,
      List<Issuer> issuers) {
    public Http {
      tokens = Map.copyOf(tokens);
      roles = Map.copyOf(roles);
      issuers = List.copyOf(issuers);
    }

    public Http(String host, int port, Map<String, Secret> tokens) {
      this(host, port, tokens, Map.of(), List.of());
    }

    /** Whether a caller has to show who it is. */
    public boolean knowsCallers() {
      return !tokens.isEmpty() || !issuers.isEmpty();
    }

    public Http onPort(int other) {
      return new Http(host, other, tokens, roles, issuers);
    }
  }

  /**
   * Whose JWTs are believed.
   *
   * @param issuer as its tokens name it ({@code iss})
   * @param audience that a token must be for ({@code aud})
   * @param keys where its public keys are (JWKS); empty: where its OpenID configuration says
   * @param person the claim that names the person
   * @param roles the claim that has roles, {@code a.b} for one in another; empty: none
   * @param grants what a role of that claim may do
   * @param realm added to a person's name, so that no two issuers have the same one
   * @param clockSkew by how much the clocks may differ
   */
  public record Issuer(
      URI issuer,
      String audience,
      Optional<URI> keys,
      String person,
      Optional<String> roles,
      Map<String, List<Grant>> grants,
      Optional<String> realm,
      Duration clockSkew) {}

  /** What a caller of the HTTP API may do; everybody who is known may look. */
  public enum Role {
    OBSERVER,
    /** Launches rollouts and contracts. */
    REQUESTER,
    /** Approves and signs off. */
    APPROVER,
    /** Pauses, resumes, throttles, aborts, rolls back, extends the watch. */
    OPERATOR
  }

  /**
   * @param target empty: on every target
   */
  public record Grant(Role role, Optional<String> target) {}

  /**
   * How many activities one worker runs at a time, by task queue. A target has one rollout, and one
   * contract of an earlier one: with as many slots as targets no rollout waits for another
   * target's.
   *
   * @param dataSlots that move or read data
   * @param ddlSlots that change the schema, or wait for the lock to do so
   * @param watchSlots that watch: a thread, and a session for a moment in each round
   */
  public record Worker(int dataSlots, int ddlSlots, int watchSlots) {
    private static final int FEWEST = 4;

    /** None of so many targets waits for another. */
    public static Worker forTargets(int targets) {
      int slots = Math.max(FEWEST, targets);
      return new Worker(slots, slots, slots);
    }
  }

  /**
   * @param key PEM file with the private key that this worker signs decisions with, which only its
   *     user can read; read when something is to be signed or checked
   * @param trusted PEM files with the public keys of other workers
   * @param trustsHost {@code identity: trusted-host}: whom this machine's users say they are counts
   *     as known
   */
  public record Signing(Optional<Path> key, List<Path> trusted, boolean trustsHost) {
    public static final Signing NONE = new Signing(Optional.empty(), List.of(), false);

    public Signing {
      trusted = List.copyOf(trusted);
    }
  }

  /**
   * @param webhook receives JSON for alerts, waiting gates and outcomes
   */
  public record Notifications(Optional<URI> webhook) {}
}
