/**
 * The system as its users see it. Processes are started from the distribution as an operator would,
 * and asked over sockets; nothing here looks inside.
 */
@NullMarked
package dev.signalbox.systemtests;

import org.jspecify.annotations.NullMarked;
