/**
 * The short form of a transition, written out: what the catalog says of a table becomes a shadow.
 */
package dev.rubicon.change;
