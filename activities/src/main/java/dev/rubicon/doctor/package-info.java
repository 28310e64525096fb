/** What Rubicon depends on: examined one by one for people, refused one by one at a launch. */
package dev.rubicon.doctor;
