# Everything that a newcomer or a continuous build runs. `make` lists it.

swift_build = swift build -c release
program = .build/release/fusionkit
# Threads of libtorch that have nothing to do give their core to other programs instead of spinning.
export OMP_WAIT_POLICY = passive
# Whether the libtorch in use computes on CUDA devices; Package.swift asks.
export FUSIONKIT_CUDA = $(if $(wildcard .deps/torch/lib/libtorch_cuda.so),1,0)

.PHONY: help setup build debug demo test bench lint format clean

help:
	@echo "make setup    install what is missing (Debian packages, libtorch); quick when nothing is"
	@echo "make build    build the program: $(program)"
	@echo "make demo     build, simulate a scene, sharpen it, print a quality table, write a picture"
	@echo "make test     build and run all tests"
	@echo "make bench    build and run the benchmarks"
	@echo "make lint     check the formatting;  make format  mend it"
	@echo "make debug    a build with checks and symbols"
	@echo "make clean    remove what was built (keeps libtorch)"

setup:
	@Scripts/setup

build: setup
	@echo "building $(program)"
	@$(swift_build) --product fusionkit

debug: setup
	swift build --product fusionkit

demo: build
	@Scripts/demo $(program)

test: setup lint
	@echo "building and running the tests"
	@$(swift_build) --product fusionkit
	@$(swift_build) --build-tests
	@swift test -c release --skip-build

bench: build
	@swift run -c release benchmarks

lint:
	@swift format lint --strict --recursive Sources Tests Benchmarks Package.swift

format:
	@swift format --in-place --recursive Sources Tests Benchmarks Package.swift

clean:
	rm -rf .build
