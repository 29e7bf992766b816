# Nix: `nix-build -E 'with import <nixpkgs> {}; callPackage ./packaging/package.nix {}'`
{ lib, rustPlatform, installShellFiles }:

rustPlatform.buildRustPackage {
  pname = "stillsays";
  version = (lib.importTOML ../Cargo.toml).package.version;
  src = lib.cleanSource ../.;
  cargoLock.lockFile = ../Cargo.lock;

  nativeBuildInputs = [ installShellFiles ];
  # The tests start servers on 127.0.0.1, which the sandbox allows, and skip what needs other programs.
  postInstall = ''
    $out/bin/stillsays man --folder man
    installManPage man/*.1
    installShellCompletion --cmd stillsays \
      --bash <($out/bin/stillsays completions bash) \
      --zsh <($out/bin/stillsays completions zsh) \
      --fish <($out/bin/stillsays completions fish)
  '';

  meta = {
    description = "Archives the pages an article cites and shows, claim by claim, what they still say";
    license = with lib.licenses; [ mit asl20 ];
    mainProgram = "stillsays";
  };
}
