/**
 * Outside clients of the fixture's database: writers of the old and of the new version that record
 * what was acknowledged to them, and the proof that all of it is there, in both shapes.
 */
package dev.rubicon.demo.owner.client;
