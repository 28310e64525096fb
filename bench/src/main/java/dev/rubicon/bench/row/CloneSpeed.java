package dev.rubicon.bench.row;

import dev.rubicon.backup.TakeBackup;
import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Program;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.golden.GoldenClone;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Facts;
import dev.rubicon.rollout.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;

/** A database of the backup's rows; ours is compared with it, and copied for each rehearsal. */
public final class CloneSpeed implements Benchmark {
  private static final String RESTORE = "pg_restore -j2";

  @Override
  public String name() {
    return "clone";
  }

  @Override
  public String what() {
    return "a database of a backup's rows, on the same server; and another one";
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        new Way(
            RESTORE,
            "createdb again; pg_restore -j2 -d again FILE",
            () -> {
              Target target = Events.copy(world, size);
              Path dump = Files.createTempFile(world.folder(), "dump", "");
              var environment = new HashMap<>(world.environment(target));
              environment.put("DUMP", dump.toString());
              try {
                Program.bash(environment, "pg_dump -Fc > \"$DUMP\"", List.of("pg_dump"));
                return Events.timed(
                    size,
                    () ->
                        Program.bash(
                            environment,
                            "createdb \"$PGDATABASE-again\";"
                                + " pg_restore -j2 -d \"$PGDATABASE-again\" \"$DUMP\"",
                            List.of("pg_restore", "createdb")));
              } finally {
                Files.delete(dump);
              }
            }),
        new Way(
            "pgcopydb",
            "pgcopydb clone --table-jobs 2 --index-jobs 2, from server to server",
            () -> {
              Target target = Events.copy(world, size);
              var environment = new HashMap<>(world.environment(target));
              String dsn = "postgres://%s@127.0.0.1:%s/%s";
              String port = environment.get("PGPORT");
              environment.put("FROM", dsn.formatted(target.user(), port, target.database()));
              environment.put("TO", dsn.formatted(target.user(), port, target.database() + "-again"));
              environment.put("WORK", Files.createTempDirectory(world.folder(), "pgcopydb").toString());
              return Events.timed(
                  size,
                  () ->
                      Program.bash(
                          environment,
                          "createdb \"$PGDATABASE-again\"; pgcopydb clone --dir \"$WORK/w\" --table-jobs 2"
                              + " --index-jobs 2 --source \"$FROM\" --target \"$TO\"",
                          List.of("pgcopydb", "createdb")));
            }),
        new Way(
            "Rubicon",
            "the phase clone, its comparison with the backup included; again: the copy that a"
                + " rehearsal takes",
            () -> {
              Target target = Events.copy(world, size);
              Rollout rollout = BackupSpeed.rollout(target);
              try (var store = world.objectStore(target)) {
                Facts.Backup backup =
                    new TakeBackup(store, world.config(target))
                        .run(rollout.context(Phase.BACKUP));
                var clone = new GoldenClone(store, world.config(target));
                var context = rollout.context(Phase.CLONE);
                var made = new Facts.Clone[1];
                var figures =
                    new HashMap<>(
                        Events.timed(size, () -> made[0] = clone.run(context, backup)));
                figures.put(
                    "again s",
                    Events.seconds(
                        () -> clone.rehearsalTarget(context, made[0], "rubicon_clone_bench")));
                clone.drop(context.tag(), backup);
                return figures;
              }
            }));
  }

  @Override
  public List<Aim> aims() {
    return List.of(Aim.atMost("s", "Rubicon", RESTORE, 0.8));
  }
}
