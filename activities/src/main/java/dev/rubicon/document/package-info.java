/**
 * What stays readable when a rollout is over, or of a database that has seen none: a data
 * dictionary, diagrams and an entry for a change log. Made of catalog snapshots alone, so equal
 * databases have equal documents, byte by byte.
 */
package dev.rubicon.document;
