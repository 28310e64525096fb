package dev.rubicon.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rubicon.check.HookCaller;
import dev.rubicon.engine.CloneEvidence;
import dev.rubicon.engine.EvidenceFamily;
import dev.rubicon.engine.EvidenceName;
import dev.rubicon.locks.LockEvidence;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.rollout.Phase;
import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ledgers outlive a version: who changes a name here makes those that exist unreadable. */
final class EvidenceNamesTest {

  @Test
  void theStoredNamesAreThoseOfEveryLedgerThatExists() throws Exception {
    var stored = new ArrayList<String>();
    for (Field field : names()) {
      assertThat(field.getModifiers() & Modifier.fieldModifiers())
          .as(field.toString())
          .isEqualTo(Modifier.PUBLIC | Modifier.STATIC | Modifier.FINAL);
      stored.add(field.get(null).toString());
    }
    assertThat(stored)
        .containsExactlyInAnyOrder(
            "identity",
            "snapshot",
            "changes",
            "ceremony",
            "client-writes",
            "canonical",
            "findings",
            "tables",
            "samples",
            "activity",
            "version-tables",
            "sequences",
            "sequences-set",
            "data-invariants",
            "effects",
            "backup",
            "exported-snapshot",
            "clone",
            "template-copy",
            "steps",
            "checks",
            "dossier",
            "hook-*",
            "locks",
            "locks-*",
            "locks-*",
            "constraint-locks-*",
            "foreign-key-locks-*",
            "partitions-followed",
            "terminated-session",
            "ended-sessions",
            "groups",
            "throughput",
            "throttle",
            "throttle-blind",
            "fewer-sessions",
            "waited-for-locked-rows",
            "compared",
            "verification",
            "shadows",
            "invariants",
            "changed-by-others",
            "counts",
            "rules-broken",
            "differs-from-canonical",
            "cutover",
            "rollback",
            "touched-since-the-crossing",
            "legacy-rules-not-restored",
            "differs-from-baseline",
            "watch",
            "legacy-writers",
            "preconditions-broken",
            "leaving-reads",
            "relations",
            "partition-functions");
  }

  /** Of all classes beside {@link EvidenceNames}. */
  private static List<Field> names() throws Exception {
    var root =
        Path.of(EvidenceNames.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var names = new ArrayList<Field>();
    try (var files = Files.walk(root.resolve("dev/rubicon"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = root.relativize(file).toString().replace(File.separatorChar, '.');
        Class<?> type =
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                EvidenceNames.class.getClassLoader());
        for (Field field : type.getDeclaredFields()) {
          boolean ofAName =
              field.getType() == EvidenceName.class || field.getType() == EvidenceFamily.class;
          if (ofAName && Modifier.isStatic(field.getModifiers())) {
            names.add(field);
          }
        }
      }
    }
    return names;
  }

  @Test
  void aNameThatCarriesAPartEndsWithIt() {
    var table = RelationName.parse("public.checks");
    assertThat(
            List.of(
                LockEvidence.LOCKS_OF_RELATION.of(table).stored(),
                LockEvidence.LOCKS_OF_FILE.of("contract/drop.sql").stored(),
                LockEvidence.CONSTRAINT_LOCKS.of(table).stored(),
                LockEvidence.FOREIGN_KEY_LOCKS.of("fk_user").stored(),
                HookCaller.EVIDENCE.of("deploy").stored()))
        .containsExactly(
            "locks-public.checks",
            "locks-contract/drop.sql",
            "constraint-locks-public.checks",
            "foreign-key-locks-fk_user",
            "hook-deploy");
    assertThat(LockEvidence.CONSTRAINT_LOCKS.partOf("constraint-locks-public.checks"))
        .hasValue("public.checks");
    assertThat(LockEvidence.LOCKS_OF_RELATION.partOf("constraint-locks-public.checks")).isEmpty();
  }

  @Test
  void whatAPhaseRecordsOnTheCloneStandsBesideTheTargets() {
    EvidenceName<?> name = LockEvidence.LOCKS_OF_FILE.of("a/b.sql").onClone(Phase.CUTOVER, 2);
    assertThat(name.stored()).isEqualTo("clone/cutover/2/locks-a/b.sql");
    assertThat(CloneEvidence.parse(name.stored()))
        .hasValue(new CloneEvidence("cutover", 2, "locks-a/b.sql"));
    assertThat(CloneEvidence.parse("clone")).isEmpty();
  }
}
