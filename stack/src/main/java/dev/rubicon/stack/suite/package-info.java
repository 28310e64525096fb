/** What a run of the tests leaves out, each by name and with its reason. */
package dev.rubicon.stack.suite;
