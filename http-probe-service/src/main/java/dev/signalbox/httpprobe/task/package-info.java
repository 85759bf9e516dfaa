/** Tasks: how they are described to clients and read from a client's parameters. */
@NullMarked
package dev.signalbox.httpprobe.task;

import org.jspecify.annotations.NullMarked;
