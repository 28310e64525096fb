package dev.rubicon.cli;

import dev.rubicon.cli.difference.DriftCommand;
import dev.rubicon.cli.difference.InventoryCommand;
import dev.rubicon.cli.difference.VerifyCommand;
import dev.rubicon.cli.installation.DoctorCommand;
import dev.rubicon.cli.installation.SetupCommand;
import dev.rubicon.cli.installation.UpCommand;
import dev.rubicon.cli.installation.WorkerCommand;
import dev.rubicon.cli.plan.ExpandRunbookCommand;
import dev.rubicon.cli.plan.ExportChecksCommand;
import dev.rubicon.cli.plan.ExportPartitionsCommand;
import dev.rubicon.cli.plan.InitCommand;
import dev.rubicon.cli.plan.MigrationsCommand;
import dev.rubicon.cli.plan.PlanCommand;
import dev.rubicon.cli.plan.RehearseCommand;
import dev.rubicon.cli.plan.ReviewBaselineCommand;
import dev.rubicon.cli.plan.ValidateCommand;
import dev.rubicon.cli.record.AuditCommand;
import dev.rubicon.cli.record.DocumentCommand;
import dev.rubicon.cli.record.ReportCommand;
import dev.rubicon.cli.record.RestoreCommand;
import dev.rubicon.cli.rollout.AbortCommand;
import dev.rubicon.cli.rollout.ApproveCommand;
import dev.rubicon.cli.rollout.ContractCommand;
import dev.rubicon.cli.rollout.ExtendWatchCommand;
import dev.rubicon.cli.rollout.LaunchCommand;
import dev.rubicon.cli.rollout.PauseCommand;
import dev.rubicon.cli.rollout.ResumeCommand;
import dev.rubicon.cli.rollout.RollbackCommand;
import dev.rubicon.cli.rollout.RunCommand;
import dev.rubicon.cli.rollout.SignOffCommand;
import dev.rubicon.cli.rollout.ThrottleCommand;
import dev.rubicon.cli.status.ListCommand;
import dev.rubicon.cli.status.StatusCommand;
import java.util.List;

/** The product's commands, in the order in which {@code rubicon --help} lists them. */
final class Subcommands {
  static final List<Class<?>> ALL =
      List.of(
          UpCommand.class,
          WorkerCommand.class,
          SetupCommand.class,
          DoctorCommand.class,
          InitCommand.class,
          ValidateCommand.class,
          PlanCommand.class,
          ExpandRunbookCommand.class,
          ExportChecksCommand.class,
          ExportPartitionsCommand.class,
          DocumentCommand.class,
          ReviewBaselineCommand.class,
          DriftCommand.class,
          InventoryCommand.class,
          MigrationsCommand.class,
          RehearseCommand.class,
          RunCommand.class,
          LaunchCommand.class,
          ListCommand.class,
          StatusCommand.class,
          ApproveCommand.class,
          SignOffCommand.class,
          ExtendWatchCommand.class,
          PauseCommand.class,
          ResumeCommand.class,
          ThrottleCommand.class,
          VerifyCommand.class,
          AbortCommand.class,
          RollbackCommand.class,
          ContractCommand.class,
          RestoreCommand.class,
          AuditCommand.class,
          ReportCommand.class,
          CompletionCommand.class);

  private Subcommands() {}
}
