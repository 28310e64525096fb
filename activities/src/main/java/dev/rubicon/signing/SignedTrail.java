package dev.rubicon.signing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.audit.AuditVerifier.Break;
import dev.rubicon.ledger.audit.AuditVerifier.Kind;
import dev.rubicon.ledger.audit.AuditVerifier.Unverified;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.ledger.connection.LedgerJson;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.SignedText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Looks at what the trail says that people have decided: whoever has only the ledger's role can add
 * an entry in anybody's name, and can sign none.
 *
 * <p>From its first signed entry on a rollout's decisions are signed: its launch, where keys were
 * configured then. What was decided before, or where nothing is signed, nobody can prove.
 */
public final class SignedTrail {
  private static final String RUBICON = "rubicon";
  private static final String NOBODY = "unknown";
  private static final String LAUNCHED = "launched";

  /** What only a person decides, whoever the entry names. */
  private static final Set<String> PEOPLES =
      Set.of(NewAuditEntry.APPROVED, NewAuditEntry.SIGNED_OFF, NewAuditEntry.LAUNCH_SIGNED);

  /** What Rubicon orders by itself, too. */
  private static final Pattern ORDERS =
      Pattern.compile(
          "launched|refused|paused|resumed|throttled|abort(, .*)?|rollback.*|extend the watch by"
              + " .*");

  private final TrustedKeys keys;
  private final List<Break> breaks = new ArrayList<>();
  private final List<Unverified> unverified = new ArrayList<>();
  private final Map<String, String> launchedBy = new HashMap<>();
  private final Set<String> signs = new HashSet<>();
  private final Map<String, Long> used = new HashMap<>();

  private SignedTrail(TrustedKeys keys) {
    this.keys = keys;
  }

  /**
   * @param chain the whole trail, in order of seq
   */
  public static SignedTrail of(List<AuditEntry> chain, TrustedKeys keys) {
    var trail = new SignedTrail(keys);
    chain.forEach(trail::entry);
    return trail;
  }

  public List<Break> breaks() {
    return List.copyOf(breaks);
  }

  /** Decisions of which nothing shows that their person made them. */
  public List<Unverified> unverified() {
    return List.copyOf(unverified);
  }

  private void entry(AuditEntry entry) {
    boolean decided =
        PEOPLES.contains(entry.action())
            || ORDERS.matcher(entry.action()).matches()
                && !entry.actor().equals(RUBICON)
                && !entry.actor().equals(NOBODY);
    JsonNode said = LedgerJson.read(entry.detail());
    if (said.hasNonNull(NewAuditEntry.SIGNED)) {
      signs.add(entry.rollout());
      signed(entry, said);
    } else if (entry.action().equals(LAUNCHED)) {
      launch(entry);
    } else if (decided && signs.contains(entry.rollout())) {
      add(
          entry,
          Kind.UNSIGNED,
          "no signature, though this rollout's decisions are signed: it was not entered by a"
              + " worker");
    } else if (decided) {
      unproved(entry, "no worker that signs has taken it");
    }
  }

  /** The signature is beside, in an entry that stands before. */
  private void launch(AuditEntry entry) {
    String signer = launchedBy.get(entry.rollout());
    if (signer == null) {
      unproved(entry, "no worker that signs has taken it");
    } else if (!signer.equals(entry.actor())) {
      add(entry, Kind.SIGNATURE_WRONG, "the launch was signed for " + signer);
    }
  }

  private void signed(AuditEntry entry, JsonNode detail) {
    String text = detail.path(NewAuditEntry.SIGNED).asText();
    String signature = detail.path(NewAuditEntry.SIGNATURE).asText();
    boolean launch = entry.action().equals(NewAuditEntry.LAUNCH_SIGNED);
    Optional<SignedText.Said> read = launch ? SignedText.launch(text) : SignedText.decision(text);
    if (read.isEmpty()) {
      add(entry, Kind.SIGNATURE_WRONG, "what was signed is no decision");
      return;
    }
    SignedText.Said said = read.get();
    if (!said.rollout().equals(entry.rollout())
        || !said.principal().equals(entry.actor())
        || !(launch || decides(entry.action(), detail, said))) {
      add(
          entry,
          Kind.SIGNATURE_WRONG,
          "what was signed is "
              + (launch ? "a launch" : SignedText.action(said.what()))
              + " of "
              + said.rollout()
              + " by "
              + said.principal());
      return;
    }
    // A Reset gives the new run what was decided in the old one, and has it refused there.
    Long before = used.putIfAbsent(said.nonce(), entry.seq());
    if (before != null && !entry.action().equals(NewAuditEntry.REFUSED)) {
      add(entry, Kind.SIGNATURE_REUSED, "its signature is entry " + before + "'s");
      return;
    }
    if (!keys.any()) {
      unproved(entry, "rubicon.yaml names no key to check its signature with");
      return;
    }
    Identity identity =
        keys.identify(text, new Proof(said.knownBy(), Proof.NONE.at(), said.nonce(), signature));
    String claimed = detail.path(NewAuditEntry.IDENTITY).asText();
    if (identity == Identity.FORGED) {
      add(entry, Kind.SIGNATURE_WRONG, "it is signed with no key that is trusted here");
    } else if (claimed.equals(Identity.VERIFIED.word()) && said.knownBy().equals(Proof.ASSERTED)) {
      add(entry, Kind.SIGNATURE_WRONG, "the worker that signed it did not know the person");
    } else if (identity == Identity.UNVERIFIED) {
      unproved(entry, "the worker that signed it did not know the person");
    }
    if (launch) {
      launchedBy.putIfAbsent(entry.rollout(), entry.actor());
    }
  }

  /** Whether that is what was signed, with all that it names. */
  private static boolean decides(String action, JsonNode detail, SignedText.Said said) {
    if (!said.reason().equals(detail.path("reason").asText())) {
      return false;
    }
    return switch (action) {
      case NewAuditEntry.APPROVED ->
          said.what()
              .equals(
                  List.of(
                      "approve",
                      detail.path("gate").asText().toUpperCase(Locale.ROOT),
                      detail.path("digest").asText()));
      case NewAuditEntry.SIGNED_OFF ->
          said.what().equals(List.of("sign-off", detail.path("item").asText()));
      case NewAuditEntry.PAUSED -> said.what().equals(List.of("pause"));
      case NewAuditEntry.RESUMED -> said.what().equals(List.of("resume"));
      case NewAuditEntry.THROTTLED ->
          said.what().equals(List.of("throttle", detail.path("rowsPerSecond").asText()));
      case NewAuditEntry.REFUSED ->
          SignedText.action(said.what()).equals(detail.path("gate").asText());
      default -> action.equals(ordered(said.what()));
    };
  }

  private static String ordered(List<String> what) {
    return what.getFirst().equals("rollback") && what.size() > 2
        ? "rollback, losing rows of " + what.subList(2, what.size())
        : SignedText.action(what);
  }

  private void add(AuditEntry entry, Kind kind, String detail) {
    breaks.add(
        new Break(entry.seq(), kind, entry.action() + " by " + entry.actor() + ": " + detail));
  }

  private void unproved(AuditEntry entry, String why) {
    unverified.add(
        new Unverified(entry.seq(), entry.rollout(), entry.action(), entry.actor(), why));
  }
}
