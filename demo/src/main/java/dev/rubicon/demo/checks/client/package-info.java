/**
 * Outside clients of the fixture's database: writers of the old and of the new version that record
 * what was acknowledged to them, and the proof that all of it is there. They share nothing with the
 * engine, so that their numbers measure it.
 */
package dev.rubicon.demo.checks.client;
