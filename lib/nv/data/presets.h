// Class names of well-known data sets, one per line.
#pragma once

namespace nv {

extern const char* const imagenet_names;

inline constexpr const char* mnist_names = "0\n1\n2\n3\n4\n5\n6\n7\n8\n9";
inline constexpr const char* fashion_mnist_names =
    "T-shirt/top\nTrouser\nPullover\nDress\nCoat\nSandal\nShirt\nSneaker\nBag\nAnkle boot";
inline constexpr const char* cifar10_names =
    "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck";
inline constexpr const char* cifar100_names =
    "apple\naquarium_"
    "fish\nbaby\nbear\nbeaver\nbed\nbee\nbeetle\nbicycle\nbottle\nbowl\nboy\nbridge\nbus\nbutterfly\n"
    "camel\ncan\ncastle\ncaterpillar\ncattle\nchair\nchimpanzee\nclock\ncloud\ncockroach\ncouch\ncrab\ncrocod"
    "ile\ncup\n"
    "dinosaur\ndolphin\nelephant\nflatfish\nforest\nfox\ngirl\nhamster\nhouse\nkangaroo\nkeyboard\nlamp\nlawn"
    "_mower\n"
    "leopard\nlion\nlizard\nlobster\nman\nmaple_tree\nmotorcycle\nmountain\nmouse\nmushroom\noak_"
    "tree\norange\norchid\n"
    "otter\npalm_tree\npear\npickup_truck\npine_"
    "tree\nplain\nplate\npoppy\nporcupine\npossum\nrabbit\nraccoon\nray\n"
    "road\nrocket\nrose\nsea\nseal\nshark\nshrew\nskunk\nskyscraper\nsnail\nsnake\nspider\nsquirrel\nstreetca"
    "r\n"
    "sunflower\nsweet_"
    "pepper\ntable\ntank\ntelephone\ntelevision\ntiger\ntractor\ntrain\ntrout\ntulip\nturtle\n"
    "wardrobe\nwhale\nwillow_tree\nwolf\nwoman\nworm";

}  // namespace nv
