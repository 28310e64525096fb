package dev.rubicon.postgres;

import java.util.Map;

/**
 * A named database, resolved on the worker. Never serialised.
 *
 * @param name the only part that travels through Temporal
 * @param url {@code jdbc:postgresql://host:port/database[?parameters]}, without credentials
 * @param variables values for {@code ${name}} in the runbook's HTTP calls and checks
 * @param allowance what Rubicon's sessions may take of it
 */
public record Target(
    String name,
    String url,
    String user,
    Secret password,
    Map<String, String> variables,
    Allowance allowance) {
  public Target {
    variables = Map.copyOf(variables);
  }

  /** Without limits of its own. */
  public Target(
      String name, String url, String user, Secret password, Map<String, String> variables) {
    this(name, url, user, password, variables, Allowance.UNLIMITED);
  }

  /** The same server and role, another database: scratch, golden, clone, restored. */
  public Target database(String database) {
    var url = this.url;
    int query = url.indexOf('?');
    String parameters = query < 0 ? "" : url.substring(query);
    String base = query < 0 ? url : url.substring(0, query);
    return new Target(
        name,
        base.substring(0, base.lastIndexOf('/') + 1) + database + parameters,
        user,
        password,
        variables,
        allowance);
  }

  /** The database's name, from the URL. */
  public String database() {
    int query = url.indexOf('?');
    String base = query < 0 ? url : url.substring(0, query);
    return base.substring(base.lastIndexOf('/') + 1);
  }

  public Target with(Map<String, String> more) {
    var merged = new java.util.HashMap<>(variables);
    merged.putAll(more);
    return new Target(name, url, user, password, merged, allowance);
  }
}
