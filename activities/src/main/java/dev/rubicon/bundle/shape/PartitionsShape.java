package dev.rubicon.bundle.shape;

import static dev.rubicon.yaml.Lists.list;
import static dev.rubicon.yaml.Scalars.flag;
import static dev.rubicon.yaml.Scalars.parsed;
import static dev.rubicon.yaml.Scalars.word;

import dev.rubicon.partition.PartitionFunctions;
import dev.rubicon.postgres.RelationName;
import dev.rubicon.runbook.Partitions;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Keys;
import java.time.ZoneId;
import java.util.List;

/** Partitions that come and go by functions. */
final class PartitionsShape {
  private PartitionsShape() {}

  static Decoder<List<Partitions>> partitions() {
    return Distinct.by(list(one()), "relation", p -> RelationName.parse(p.relation()).sql());
  }

  private static Decoder<Partitions> one() {
    var keys = new Keys();
    var relation =
        keys.required(
            "relation",
            Names.relation(),
            "as it is called from the cutover on, schema.name; partitioned by RANGE of one date,"
                + " timestamp or timestamptz column");
    var every =
        keys.required("every", word(Partitions.Unit.class), "how much time one partition holds");
    var zone =
        keys.or(
            "zone",
            parsed("\\S", "a time zone such as UTC or Europe/Berlin", ZoneId::of),
            "UTC",
            "time zone in which a partition begins");
    var ahead = keys.or("ahead", interval(), "3 months", "for how long they are made beforehand");
    var keep =
        keys.optional("keep", interval(), "how old rows become before their partition is detached");
    var dropAfter =
        keys.optional(
            "drop-after", interval(), "how long a detached partition stays before it is dropped");
    var timeseries =
        keys.or(
            "timeseries",
            flag(),
            "false",
            "true: only where the runbook's timeseries comes to partitions");
    return keys.into(
        v -> {
          if (v.has(dropAfter) && !v.has(keep)) {
            v.problem(dropAfter, "needs 'keep': nothing else detaches");
          }
          var partitions =
              new Partitions(
                  v.get(relation),
                  v.get(every),
                  v.get(zone),
                  v.get(ahead),
                  v.get(keep),
                  v.get(dropAfter),
                  v.get(timeseries));
          if (PartitionFunctions.tooLong(partitions)) {
            v.problem(
                relation,
                "the relation's name has more than "
                    + PartitionFunctions.longestName()
                    + " bytes: PostgreSQL would cut off its functions' names");
          }
          return partitions;
        });
  }

  /** A span of time, as people and PostgreSQL both read it. */
  private static Decoder<String> interval() {
    return parsed(
        "^[1-9][0-9]{0,3} (hour|day|week|month|year)s?$",
        "a number and hours, days, weeks, months or years, such as 3 months",
        text -> text);
  }
}
