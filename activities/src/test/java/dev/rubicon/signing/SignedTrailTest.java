package dev.rubicon.signing;

import static dev.rubicon.ledger.TestLedger.by;
import static dev.rubicon.ledger.TestLedger.input;
import static dev.rubicon.ledger.TestLedger.launch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.config.RubiconConfig.Signing;
import dev.rubicon.ledger.Ledger;
import dev.rubicon.ledger.TestLedger;
import dev.rubicon.ledger.audit.AuditEntry;
import dev.rubicon.ledger.audit.AuditVerifier.Break;
import dev.rubicon.ledger.audit.AuditVerifier.Kind;
import dev.rubicon.ledger.audit.AuditVerifier.Unverified;
import dev.rubicon.ledger.audit.NewAuditEntry;
import dev.rubicon.message.Decision;
import dev.rubicon.message.Identity;
import dev.rubicon.message.Proof;
import dev.rubicon.message.RolloutRequest;
import dev.rubicon.message.RolloutStatus.Failure;
import dev.rubicon.message.SignedText;
import dev.rubicon.rollout.Phase;
import dev.rubicon.rollout.PhaseInput;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.workflow.ContractWorkflow;
import dev.rubicon.workflow.RolloutWorkflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody enters who has the ledger's role, and no key that a worker signs with. */
class SignedTrailTest {
  private static final PhaseInput HERE = input("r1", Phase.EXPAND, 1);
  private static final String CUTOVER = "cutover";

  @TempDir Path folder;
  private TestLedger test;
  private Ledger ledger;
  private Signing signing;
  private int entered;

  @BeforeEach
  void open() throws IOException {
    test = TestLedger.create();
    ledger = test.ledger();
    signing = key("worker");
  }

  @AfterEach
  void close() {
    test.close();
  }

  private Signing key(String name) throws IOException {
    Path file = folder.resolve(name + ".key");
    Files.writeString(file, KeyFiles.generate());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return new Signing(Optional.of(file), List.of(), false);
  }

  private String key() {
    return "run-1/" + ++entered;
  }

  private void signedLaunch(String rollout) {
    var request =
        Signer.of(signing)
            .sign(
                RolloutWorkflow.workflowId("prod"),
                new RolloutRequest(rollout, "prod", "b".repeat(64), "checks-canonical", "alice"),
                Proof.TOKEN);
    ledger
        .signed()
        .firstTo(
            NewAuditEntry.signedLaunch(
                "run-" + rollout,
                request,
                SignedText.of(RolloutWorkflow.workflowId("prod"), request)),
            NewAuditEntry.FIRST_RUN);
    ledger.launch(launch(rollout, "prod"));
  }

  private <D extends Decision> D signed(Signing with, D decision, String knownBy) {
    String workflowId =
        decision instanceof Decision.Approve(var gate, _, _) && gate == Runbook.Gate.CONTRACT
            ? ContractWorkflow.workflowId("prod")
            : RolloutWorkflow.workflowId("prod");
    Decision signed = Signer.of(with).sign(workflowId, "r1", decision, knownBy);
    @SuppressWarnings("unchecked")
    D same = (D) signed.with(signed.by().with(Identity.VERIFIED));
    return same;
  }

  private <D extends Decision> D signed(D decision) {
    return signed(signing, decision, Proof.TOKEN);
  }

  private static Decision.Approve approval(String digest) {
    return new Decision.Approve(Runbook.Gate.CUTOVER, digest, by("bob", "read it"));
  }

  private SignedTrail look() {
    return SignedTrail.of(ledger.audit().chain(), TrustedKeys.of(signing));
  }

  private List<Kind> kinds() {
    return look().breaks().stream().map(Break::kind).toList();
  }

  /** Enters it, and takes the finding for that entry back. */
  private void finds(Kind kind, NewAuditEntry forged) {
    int before = look().breaks().size();
    test.enter(forged);
    AuditEntry last = ledger.audit().chain().getLast();
    List<Break> breaks = look().breaks();
    assertThat(breaks).as(forged.toString()).hasSize(before + 1);
    assertThat(breaks.getLast())
        .as(forged.toString())
        .returns(last.seq(), Break::seq)
        .returns(kind, Break::kind);
  }

  @Test
  void whatWorkersHaveSignedIsWhatItSays() {
    signedLaunch("r1");
    test.enter(NewAuditEntry.approval(key(), HERE, signed(approval("d1"))));
    test.enter(
        NewAuditEntry.approval(
            key(),
            input("r1", Phase.CONTRACT, 1),
            signed(new Decision.Approve(Runbook.Gate.CONTRACT, "d9", by("bob", "old enough")))));
    test.enter(
        NewAuditEntry.signOff(key(), HERE, signed(new Decision.SignOff("told", by("bob", "ok")))));
    test.enter(NewAuditEntry.pause(key(), HERE, signed(new Decision.Pause(by("bob", "x"))).by()));
    test.enter(NewAuditEntry.resume(key(), HERE, signed(new Decision.Resume(by("bob", ""))).by()));
    test.enter(
        NewAuditEntry.throttle(key(), HERE, signed(new Decision.Throttle(50, by("bob", "peak")))));
    var longer = signed(new Decision.ExtendWatch(Duration.ofHours(2), by("bob", "quiet day")));
    test.enter(NewAuditEntry.order(key(), HERE, longer.action(), longer.by(), List.of()));
    var abort = signed(new Decision.Abort(by("bob", "enough")));
    test.enter(NewAuditEntry.order(key(), HERE, abort.action(), abort.by(), List.of()));
    List<String> losing = List.of("public.users", "public.\"a, b\"");
    var back = signed(new Decision.Rollback(losing, by("bob", "back")));
    test.enter(
        NewAuditEntry.order(key(), HERE, "rollback, losing rows of " + losing, back.by(), losing));
    var refused = signed(approval("wrong"));
    // Twice: a Reset gives the new run what was decided in the old one.
    test.enter(refusal(refused));
    test.enter(refusal(refused));
    // What Rubicon does by itself is nobody's.
    test.enter(NewAuditEntry.gate(key(), HERE, CUTOVER, "d1"));
    test.enter(NewAuditEntry.order(key(), HERE, "rollback", by("rubicon", "alert"), List.of()));

    assertThat(look().breaks()).isEmpty();
    assertThat(look().unverified()).isEmpty();
    assertThat(ledger.audit().entries("r1"))
        .filteredOn(entry -> entry.actor().equals("bob"))
        .hasSize(11)
        .allSatisfy(entry -> assertThat(entry.detail()).contains(NewAuditEntry.SIGNATURE));
  }

  @Test
  void whatTheLedgersRoleAddsInSomebodysNameIsFound() throws IOException {
    signedLaunch("r1");
    var real = signed(approval("d1"));
    NewAuditEntry entry = NewAuditEntry.approval(key(), HERE, real);
    test.enter(entry);

    finds(Kind.UNSIGNED, NewAuditEntry.approval(key(), HERE, approval("d1")));
    finds(
        Kind.UNSIGNED,
        NewAuditEntry.approval(
            key(), HERE, new Decision.Approve(Runbook.Gate.CUTOVER, "d1", by("rubicon", "me"))));
    finds(
        Kind.UNSIGNED,
        NewAuditEntry.signOff(key(), HERE, new Decision.SignOff("told", by("carol", "ok"))));
    finds(Kind.UNSIGNED, NewAuditEntry.order(key(), HERE, "abort", by("bob", "enough")));
    finds(
        Kind.UNSIGNED,
        NewAuditEntry.order(key(), HERE, "extend the watch by PT9H", by("bob", "enough")));
    finds(
        Kind.UNSIGNED,
        NewAuditEntry.refusal(
            key(), HERE, "abort", "", by("bob", "mine"), new Failure("FORBIDDEN", "no", "ask")));
    // His own signature, for something else.
    finds(Kind.SIGNATURE_REUSED, NewAuditEntry.approval(key(), HERE, real));
    finds(Kind.SIGNATURE_WRONG, changed(entry, "digest", "d2"));
    finds(Kind.SIGNATURE_WRONG, changed(entry, "gate", "expand"));
    finds(Kind.SIGNATURE_WRONG, changed(entry, "reason", "never said"));
    finds(
        Kind.SIGNATURE_WRONG,
        new NewAuditEntry(key(), "r1", "carol", entry.action(), entry.detail()));
    finds(Kind.SIGNATURE_WRONG, new NewAuditEntry(key(), "r1", "bob", "abort", entry.detail()));
    finds(Kind.SIGNATURE_WRONG, changed(entry, NewAuditEntry.SIGNED, "5:hello"));
    // A key of his own; a worker that did not know the person.
    finds(
        Kind.SIGNATURE_WRONG,
        NewAuditEntry.approval(key(), HERE, signed(key("own"), approval("d1"), Proof.TOKEN)));
    finds(
        Kind.SIGNATURE_WRONG,
        NewAuditEntry.approval(key(), HERE, signed(signing, approval("d1"), Proof.ASSERTED)));
  }

  private NewAuditEntry refusal(Decision refused) {
    return NewAuditEntry.refusal(
            key(),
            HERE,
            refused.action(),
            "wrong",
            refused.by(),
            new Failure("DIGEST_MISMATCH", "no", "look"))
        .signed(
            SignedText.of(RolloutWorkflow.workflowId("prod"), "r1", refused), refused.by().proof());
  }

  private NewAuditEntry changed(NewAuditEntry entry, String name, String value) {
    return new NewAuditEntry(key(), entry.rollout(), entry.actor(), entry.action(), entry.detail())
        .with(name, value);
  }

  @Test
  void aLaunchInAnothersName() {
    signedLaunch("r1");
    assertThat(kinds()).isEmpty();
    ledger.audit().append("launched-again", "r1", "carol", "launched", Map.of("target", "prod"));
    assertThat(kinds()).containsExactly(Kind.SIGNATURE_WRONG);
  }

  /** Nobody can prove what was decided where nothing was signed, and nobody is blamed for it. */
  @Test
  void whatWasDecidedWithoutKeysIsUnverified() {
    ledger.launch(launch("r1", "prod"));
    test.enter(NewAuditEntry.approval(key(), HERE, approval("d1")));
    assertThat(look().breaks()).isEmpty();
    assertThat(look().unverified())
        .extracting(Unverified::action)
        .containsExactly("launched", "approved");

    // From then on keys are configured: what follows is signed, or forged.
    test.enter(NewAuditEntry.approval(key(), HERE, signed(approval("d2"))));
    finds(Kind.UNSIGNED, NewAuditEntry.approval(key(), HERE, approval("d1")));
    assertThat(look().unverified()).hasSize(2);

    var nothingConfigured = SignedTrail.of(ledger.audit().chain(), TrustedKeys.of(Signing.NONE));
    assertThat(nothingConfigured.unverified())
        .last()
        .satisfies(last -> assertThat(last.why()).contains("rubicon.yaml names no key"));
  }

  /** With it a worker would change the schema on an approval that had become void. */
  @Test
  void anApprovalThatBecameVoidCannotBeEnteredOnceMore() {
    signedLaunch("r1");
    var real = signed(approval("d1"));
    test.enter(NewAuditEntry.approval(key(), HERE, real));
    assertThat(ledger.signed().standing("r1", CUTOVER)).hasSize(1);
    test.enter(NewAuditEntry.approvalsVoid(key(), HERE, List.of(Runbook.Gate.CUTOVER), "it moved"));
    assertThat(ledger.signed().standing("r1", CUTOVER)).isEmpty();

    test.enter(NewAuditEntry.approval(key(), HERE, real));

    assertThat(ledger.signed().standing("r1", CUTOVER)).isEmpty();
    assertThat(kinds()).containsExactly(Kind.SIGNATURE_REUSED);
    var more = new ArrayList<>(ledger.signed().everGranted("r1", CUTOVER));
    assertThat(more).hasSize(1);
    test.enter(NewAuditEntry.approval(key(), HERE, signed(approval("d1"))));
    assertThat(ledger.signed().standing("r1", CUTOVER)).as("a new one counts").hasSize(1);
  }
}
