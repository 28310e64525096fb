/** The HTTP API: the command line's verbs, for programs. */
package dev.rubicon.http;
