/** The clone: the backup restored once on staging, and cheap copies of it to rehearse on. */
package dev.rubicon.golden;
