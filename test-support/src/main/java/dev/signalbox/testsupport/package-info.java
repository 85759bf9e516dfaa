/** Fakes and fixtures that tests of several modules share. */
@NullMarked
package dev.signalbox.testsupport;

import org.jspecify.annotations.NullMarked;
