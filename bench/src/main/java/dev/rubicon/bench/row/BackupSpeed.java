package dev.rubicon.bench.row;

import dev.rubicon.backup.TakeBackup;
import dev.rubicon.bench.Aim;
import dev.rubicon.bench.Benchmark;
import dev.rubicon.bench.Program;
import dev.rubicon.bench.Rollout;
import dev.rubicon.bench.Way;
import dev.rubicon.bench.World;
import dev.rubicon.postgres.Target;
import dev.rubicon.rollout.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A backup in the object store; ours has a fingerprint of each table beside it. */
public final class BackupSpeed implements Benchmark {
  private static final String AWS = "pg_dump -Fc | aws s3 cp -";
  private static final String ZSTD = "pg_dump -Fc -Z0 | zstd -1, to a file";

  @Override
  public String name() {
    return "backup";
  }

  @Override
  public String what() {
    return "back a database up, to an S3 server in the benchmark's own process";
  }

  @Override
  public List<Way> ways(World world, int size) {
    return List.of(
        command(
            AWS,
            "pg_dump -Fc | aws s3 cp - \"s3://$BUCKET/peer-$RANDOM.pgc\"",
            List.of("pg_dump", "aws"),
            world,
            size),
        command(
            "pg_dump -Fc, to a file",
            "pg_dump -Fc > \"$OUT\"",
            List.of("pg_dump"),
            world,
            size),
        command(
            ZSTD,
            "pg_dump -Fc -Z0 | zstd -1 > \"$OUT\"",
            List.of("pg_dump", "zstd"),
            world,
            size),
        new Way(
            "Rubicon",
            "the phase backup",
            () -> {
              Target target = Events.copy(world, size);
              try (var store = world.objectStore(target)) {
                var context = rollout(target).context(Phase.BACKUP);
                return Events.timed(
                    size, () -> new TakeBackup(store, world.config(target)).run(context));
              }
            }));
  }

  static Rollout rollout(Target target) {
    return new Rollout(target, "pg_dump", "backup", "", Map.of());
  }

  private static Way command(
      String name, String line, List<String> needs, World world, int size) {
    return new Way(
        name,
        line,
        () -> {
          Target target = Events.copy(world, size);
          Path out = Files.createTempFile(world.folder(), "dump", "");
          var environment = new java.util.HashMap<>(world.environment(target));
          environment.put("OUT", out.toString());
          try {
            return Events.timed(size, () -> Program.bash(environment, line, needs));
          } finally {
            Files.delete(out);
          }
        });
  }

  @Override
  public List<Aim> aims() {
    return List.of(
        Aim.atMost("s", "Rubicon", AWS, 0.25), Aim.atMost("s", "Rubicon", ZSTD, 0.6));
  }
}
