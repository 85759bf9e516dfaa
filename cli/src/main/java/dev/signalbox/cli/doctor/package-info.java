/** What is wrong with the place where Signalbox runs, and with a running system. */
@NullMarked
package dev.signalbox.cli.doctor;

import org.jspecify.annotations.NullMarked;
