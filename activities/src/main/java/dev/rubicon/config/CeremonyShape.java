package dev.rubicon.config;

import static dev.rubicon.yaml.Lists.distinct;
import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.config.CeremonyPolicy.Demands;
import dev.rubicon.grade.Grade;
import dev.rubicon.runbook.Runbook.Gate;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import java.util.Map;

/** {@code ceremony} of {@code rubicon.yaml}. */
final class CeremonyShape {
  private CeremonyShape() {}

  static Decoder<CeremonyPolicy> policy() {
    var keys = new Keys();
    var unnoticed =
        keys.or(
            "unnoticed", demands(Grade.UNNOTICED), "{}", "where no client can notice the change");
    var reversible =
        keys.or(
            "reversible",
            demands(Grade.REVERSIBLE),
            "{}",
            "where it can be taken back without a loss");
    var irreversible =
        keys.or(
            "irreversible",
            demands(Grade.IRREVERSIBLE),
            "{}",
            "where it cannot, and for every contract");
    return keys.into(
        v ->
            new CeremonyPolicy(
                Map.of(
                    Grade.UNNOTICED, v.get(unnoticed),
                    Grade.REVERSIBLE, v.get(reversible),
                    Grade.IRREVERSIBLE, v.get(irreversible))));
  }

  private static Decoder<Demands> demands(Grade grade) {
    Demands usual = CeremonyPolicy.DEFAULT.demands().get(grade);
    var keys = new Keys();
    var gates =
        keys.optional("gates", distinct(list(word(Gate.class))), "gates at which a human is asked");
    var rehearsal =
        keys.optional("rehearsal", flag(), "whether a runbook without a clone is refused");
    var watch =
        keys.optional("watch", Durations.duration(), "how long the watch takes at least; may be 0");
    var second =
        keys.optional(
            "second-person", flag(), "whether who approves must be another than who launched");
    return keys.into(
        v ->
            new Demands(
                v.get(gates).orElse(usual.gates()),
                v.get(rehearsal).orElse(usual.rehearsal()),
                v.get(watch).orElse(usual.watch()),
                v.get(second).orElse(usual.secondPerson())));
  }
}
