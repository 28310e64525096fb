/** What the SQL for a difference is made of, whatever kind of object differs. */
package dev.rubicon.repair.sql;
