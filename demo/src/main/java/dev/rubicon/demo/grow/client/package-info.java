/**
 * Clients of the greenhouse database of runbook grow-cycle: the services as they were, and those
 * that know sensors and revisions. They remember what was acknowledged and share nothing with the
 * engine.
 */
package dev.rubicon.demo.grow.client;
