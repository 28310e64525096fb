package dev.rubicon.rollout;

/**
 * Which database a target is, independent of name and address. A standby that is promoted is the
 * same one, and so is a physical copy of the cluster; a logical copy, a restored dump and a
 * database that was given its name are not.
 *
 * @param system PostgreSQL's system identifier, made when the cluster was; empty where the role may
 *     not read it
 * @param database OID of the database in it
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html">PostgreSQL
 *     documentation, section 9.27.12, pg_control_system()</a>
 */
public record TargetIdentity(String system, long database) {

  /** Whether both may be the same database: what one of them does not know does not differ. */
  public boolean same(TargetIdentity other) {
    return database == other.database
        && (system.isEmpty() || other.system.isEmpty() || system.equals(other.system));
  }

  @Override
  public String toString() {
    return "database " + database + (system.isEmpty() ? "" : " of system " + system);
  }
}
