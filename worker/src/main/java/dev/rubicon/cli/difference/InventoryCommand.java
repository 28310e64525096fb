package dev.rubicon.cli.difference;

import dev.rubicon.cli.root.RubiconCommand;
import dev.rubicon.cli.root.TargetOption;
import dev.rubicon.cli.terminal.Foreground;
import dev.rubicon.cli.terminal.Paint;
import dev.rubicon.cli.terminal.Table;
import dev.rubicon.error.ErrorCode;
import dev.rubicon.inventory.InventoryReader;
import dev.rubicon.inventory.TargetInventory;
import dev.rubicon.postgres.PgSession;
import dev.rubicon.postgres.SessionLimits;
import dev.rubicon.postgres.SessionTag;
import dev.rubicon.rollout.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code rubicon inventory}. */
@Command(
    name = "inventory",
    description = {
      "What the target holds, read in one snapshot, with a fingerprint for each of three channels:"
          + " structure, validity, values. Equal databases have equal ones.",
      "Reads the target and touches nothing there; needs neither Temporal nor a worker. With"
          + " --output json, every entry."
    })
public final class InventoryCommand implements Callable<Integer> {
  @ParentCommand private RubiconCommand root;
  @Mixin private TargetOption target = new TargetOption();

  @Option(
      names = "--schema",
      paramLabel = "NAME",
      description = "Only this one; may be given again (default: all but the server's own).")
  private List<String> schemas = new ArrayList<>();

  @Override
  public Integer call() {
    var config = root.config();
    var where = config.target(root.target(config, target.named()));
    TargetInventory found;
    try (var progress = Foreground.start(root.console());
        var session =
            PgSession.open(
                where, SessionTag.ofCommand("inventory", Phase.PREFLIGHT), SessionLimits.SHORT);
        var _ = progress.cancelsWith(session)) {
      found = InventoryReader.read(session, schemas);
    }
    root.answer(found, () -> text(where.name(), found, Paint.of(root.console())));
    return ErrorCode.Exit.DONE;
  }

  private static String text(String name, TargetInventory found, Paint paint) {
    var parts = new ArrayList<String>();
    var kinds = new TreeMap<String, Integer>();
    found.structure().entries().forEach(e -> kinds.merge(e.kind().word(), 1, Integer::sum));
    var channels = new Table(name, "SHA-256", "");
    channels.row("structure", found.structure().fingerprint(), counts(kinds));
    channels.row(
        "validity",
        found.validity().fingerprint(),
        found.validity().entries().size() + " not in force");
    channels.row(
        "values",
        found.values().fingerprint(),
        found.values().entries().size()
            + " sequences, "
            + found.values().entries().stream().filter(p -> p.behind()).count()
            + " behind");
    parts.add(channels.text(paint));
    if (!found.validity().entries().isEmpty()) {
      var states = new Table("not in force", "");
      found.validity().entries().forEach(state -> states.row(state.name(), state.state()));
      parts.add(states.text(paint));
    }
    var positions = new Table("sequence", "next", "behind", "feeds");
    found.values().entries().stream()
        .filter(p -> p.behind() || !p.unread().isEmpty())
        .forEach(
            p ->
                positions.row(
                    p.sequence(),
                    p.next().map(String::valueOf).orElse("?"),
                    p.behind() ? "yes" : "",
                    String.join(", ", p.unread().isEmpty() ? p.feeds() : p.unread())));
    if (found.values().entries().stream().anyMatch(p -> p.behind() || !p.unread().isEmpty())) {
      parts.add(positions.text(paint));
    }
    return String.join("\n\n", parts);
  }

  private static String counts(TreeMap<String, Integer> kinds) {
    return String.join(
        ", ",
        kinds.entrySet().stream().map(kind -> kind.getValue() + " " + kind.getKey()).toList());
  }
}
