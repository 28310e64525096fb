package dev.rubicon.config;

import static dev.rubicon.yaml.Lists.map;
import static dev.rubicon.yaml.Scalars.matching;
import static dev.rubicon.yaml.Scalars.number;

import dev.rubicon.postgres.Allowance;
import dev.rubicon.postgres.Target;
import dev.rubicon.postgres.server.ServerChoice;
import dev.rubicon.yaml.Decoder;
import dev.rubicon.yaml.Durations;
import dev.rubicon.yaml.Keys;
import dev.rubicon.yaml.Values;
import java.util.Optional;
import java.util.function.Function;

/** The shape of a database's section: a target, staging, and the ledger. */
final class DatabaseShape {
  private final ConfigValues values;

  DatabaseShape(ConfigValues values) {
    this.values = values;
  }

  Decoder<Target> target(String name) {
    var keys = new Keys();
    var connections =
        keys.or("connections", connections(), "{}", "how many sessions Rubicon has there at once");
    var statementTimeout =
        keys.optional(
            "statement-timeout",
            Durations.positive(),
            "that no statement of Rubicon's exceeds there; left out: as each phase needs");
    return database(
        name,
        keys,
        v -> {
          Allowance wanted = v.get(connections);
          return new Allowance(wanted.least(), wanted.most(), v.get(statementTimeout));
        });
  }

  private static Decoder<Allowance> connections() {
    var keys = new Keys();
    var least =
        keys.or("min", number(1, 1000), "1", "sessions that must be had before a rollout begins");
    var most =
        keys.optional(
            "max",
            number(Allowance.FEWEST, 10_000),
            "sessions that one worker or command has open at a time");
    return keys.into(
        v -> {
          if (v.get(most).filter(limit -> limit < v.get(least)).isPresent()) {
            v.problem(most, "is less than 'min'");
          }
          return new Allowance(
              Math.toIntExact(v.get(least)), v.get(most).map(Math::toIntExact), Optional.empty());
        });
  }

  Decoder<Target> database(String name) {
    return database(name, new Keys(), _ -> Allowance.UNLIMITED);
  }

  private Decoder<Target> database(String name, Keys keys, Function<Values, Allowance> allowance) {
    var url =
        keys.required(
            "url",
            values.matching(
                "^jdbc:postgresql://[^/?\\s]+/[^/?\\s]+(\\?\\S*)?$",
                "a URL such as jdbc:postgresql://host:5432/database"),
            "jdbc:postgresql://host:port/database, without credentials");
    var user = keys.required("user", values.text(), "role to connect as");
    var password = keys.required("password", values.secret(), "${NAME} or file:path");
    var variables =
        keys.or(
            "variables",
            map(matching("^[A-Za-z_][A-Za-z0-9_]*$", "a variable's name"), values.anyText()),
            "{}",
            "values for ${name} in the runbook's HTTP calls and checks");
    return keys.into(
            v ->
                new Target(
                    name,
                    ServerChoice.forDriver(v.get(url))
                        .orElseGet(
                            () -> {
                              v.problem(
                                  url,
                                  "has a target_session_attrs that is none of any, read-write,"
                                      + " read-only, primary, standby, prefer-standby");
                              return v.get(url);
                            }),
                    v.get(user),
                    v.get(password),
                    v.get(variables),
                    allowance.apply(v)))
        .named("database");
  }
}
