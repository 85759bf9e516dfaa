/**
 * What crosses the bus: operations with their messages, events, and the errors and the hash that
 * every service shares. Depends on the JDK alone, so that any process of any version can read it.
 */
@NullMarked
package dev.signalbox.contracts;

import org.jspecify.annotations.NullMarked;
