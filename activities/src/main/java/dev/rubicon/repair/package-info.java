/** SQL that brings a target to canonical: one class for each kind of object, and their order. */
package dev.rubicon.repair;
